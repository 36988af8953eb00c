/** @type {import('next').NextConfig} */
export default {
  reactStrictMode: true,
  poweredByHeader: false,
  // The custom server's boards are compressed once and cached; pages are a few kilobytes.
  compress: true,
  // Types are checked by `script/check` with the pinned compiler, for pages and server together.
  typescript: { ignoreBuildErrors: true },
  devIndicators: false,
  // Fresco shows no pictures through Next, and its optimizer would spend CPU and disk on requests of anyone.
  images: { unoptimized: true },
}
