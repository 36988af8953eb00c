/** @type {import('next').NextConfig} */
export default {
  reactStrictMode: true,
  poweredByHeader: false,
  // The custom server's boards are compressed once and cached; pages are a few kilobytes.
  compress: true,
  // Types are checked by `script/check` with the pinned compiler, for pages and server together.
  typescript: { ignoreBuildErrors: true },
  devIndicators: false,
  // What a page says about itself comes from caches, so every page waits for it: not all programs that show links look into the body.
  htmlLimitedBots: /.*/,
  // Fresco shows no pictures through Next, and its optimizer would spend CPU and disk on requests of anyone.
  images: { unoptimized: true },
}
