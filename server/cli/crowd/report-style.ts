/** The look of a report: the tokens of the pages, in both themes. */
export const reportStyle = `
:root{color-scheme:light dark;--ground:light-dark(#f1ede6,#100d0a);--surface:light-dark(#fdfcfa,#1d1a16);--ink:light-dark(#211c15,#efebe5);
--muted:light-dark(#6d665c,#a39c92);--line:light-dark(#ddd7ce,#37332d);--good:light-dark(#1b7a5b,#3fb78f);--bad:light-dark(#b3401f,#e8704a)}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:14px/1.5 system-ui,sans-serif}
main{max-width:1200px;margin:0 auto;padding:24px 16px;display:grid;gap:16px}
header p{color:var(--muted);margin:0;max-width:90ch}h1{font-size:24px;line-height:1.3;margin:8px 0;max-width:42em;text-wrap:balance}
h2{font-size:12.5px;font-weight:400;color:var(--muted);margin:0 0 8px}
section,.note{background:var(--surface);border:1px solid var(--line);border-radius:14px;padding:16px;margin:0;min-width:0}
section>p{color:var(--muted);margin:8px 0 0}section>p.right,section>p.wrong{margin:0 0 12px;font-weight:600}.right{color:var(--good)!important}.wrong{color:var(--bad)!important}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:10px 24px;margin:0}dt{color:var(--muted);font-size:12.5px}dd{margin:0;overflow-wrap:anywhere}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:20px}figure{margin:0;min-width:0}figcaption{font-weight:600}
svg{width:100%;height:auto;display:block}svg text{fill:var(--muted);font-size:12px}.grid{stroke:var(--line)}.bound{stroke:var(--bad);stroke-dasharray:5 4}
[class^=line]{--c:light-dark(#3355c8,#7d9bff)}.line1{--c:light-dark(#b3401f,#f08a63)}.line2{--c:light-dark(#1b7a5b,#4cc79d)}.line3{--c:light-dark(#8a5a00,#e0b04a)}
.line4{--c:light-dark(#7a3fa0,#c793ea)}.line5{--c:light-dark(#55606a,#a9b4be)}
[class^=line] path{fill:none;stroke:var(--c);stroke-width:2;stroke-linejoin:round}[class^=line] circle{fill:var(--c)}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 16px;margin:4px 0 0;padding:0;font-size:12.5px;color:var(--muted)}.legend i{display:inline-block;width:14px;height:3px;border-radius:2px;background:var(--c);margin-right:6px;vertical-align:middle}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{text-align:right;padding:5px 10px;white-space:nowrap;border-bottom:1px solid var(--line)}
th{font-weight:400;color:var(--muted);font-size:12.5px}th:first-child,td:first-child{text-align:left}tbody tr:last-child td{border-bottom:0}
`.trim()
