"""How the report page looks: the colours of our other pages, in light and dark. Nothing in it is fetched."""

__all__ = ["STYLE"]

STYLE = """\
:root {
  color-scheme: light dark;
  --ground: #f7f6fb; --panel: #ffffff; --raised: #efedf6; --edge: #dcd8e8; --text: #1c1929; --quiet: #645f7a;
  --pink: #c9187a; --cyan: #0a76ad; --green: #0f7a52; --amber: #9a5b00; --red: #c2152f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0d0c15; --panel: #171526; --raised: #241f38; --edge: #2f2a47; --text: #efedf8; --quiet: #a39fb8;
    --pink: #ff4fa8; --cyan: #46c8ff; --green: #3ee0a0; --amber: #ffb347; --red: #ff6d7f;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, "Noto Sans", sans-serif; }
main { max-width: 1240px; margin: 0 auto; padding: 28px clamp(14px, 3vw, 40px) 48px; display: grid; gap: 22px; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 16px; }
header .brand { color: var(--pink); font-size: 17px; }
h1 { margin: 0; font-size: 32px; line-height: 1.2; font-weight: 650; overflow-wrap: anywhere; }
header p { margin: 0; color: var(--quiet); }
h2 { margin: 0 0 2px; font-size: 19px; font-weight: 650; }
h3 { margin: 0; font-size: 15px; font-weight: 600; }
section > p, .hint { margin: 0 0 12px; color: var(--quiet); max-width: 78ch; }
section > p.hint { margin: 14px 0 0; }
section {
  background: var(--panel); border: 1px solid var(--edge); border-radius: 16px; padding: 20px 22px;
  min-width: 0;
}
.tiles {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 14px; padding: 0; border: 0;
  background: none;
}
.tile { background: var(--panel); border: 1px solid var(--edge); border-radius: 14px; padding: 14px 16px; }
.tile b { display: block; font-size: 25px; line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; }
.tile span { color: var(--quiet); }
.two {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 430px), 1fr)); gap: 22px; padding: 0;
  border: 0; background: none;
}
.phrase { border-top: 1px solid var(--edge); padding: 18px 0 4px; }
.sights {
  display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 14px; margin: 10px 0 6px;
  align-items: end;
}
@media (max-width: 900px) { .sights { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
figure { margin: 0; min-width: 0; }
figcaption { display: flex; align-items: center; gap: 8px; margin-bottom: 6px; min-height: 24px; }
figure img { display: block; width: 100%; height: 170px; border-radius: 8px; background: #0d0c15; }
audio { display: block; width: 100%; height: 36px; margin-top: 6px; }
.dot { flex: none; width: 11px; height: 11px; border-radius: 50%; }
.badge {
  flex: none; font-size: 12px; font-weight: 650; line-height: 18px; border-radius: 9px; padding: 0 8px;
  color: var(--panel); background: var(--quiet);
}
.badge.preview { background: var(--amber); font-size: 14px; line-height: 22px; border-radius: 11px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 4px 0 6px; color: var(--quiet); font-size: 13px; }
.legend span { display: inline-flex; align-items: center; gap: 6px; }
.legend i { width: 16px; height: 3px; border-radius: 2px; }
.chart { display: block; width: 100%; height: auto; }
.chart text { font: 11px system-ui, sans-serif; fill: var(--quiet); }
.chart .unit { font-style: italic; paint-order: stroke; stroke: var(--panel); stroke-width: 4px; }
.grid { stroke: var(--edge); stroke-width: 1; fill: none; }
.curve { fill: none; stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
.curve.thin { stroke-width: 1.3; stroke-dasharray: 4 3; }
.scroll { overflow-x: auto; }
.scroll .chart { min-width: 640px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 6px 14px 6px 0; vertical-align: top; border-top: 1px solid var(--edge); }
thead th { border-top: 0; color: var(--quiet); font-weight: 500; font-size: 13px; }
tbody th { font-weight: 500; overflow-wrap: anywhere; min-width: 11em; }
td b { white-space: nowrap; }
.number { text-align: right; white-space: nowrap; }
.refuse { color: var(--red); } .warn { color: var(--amber); } .note { color: var(--quiet); }
summary { cursor: pointer; color: var(--quiet); margin: 10px 0 6px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; margin: 0; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
footer { color: var(--quiet); font-size: 13px; max-width: 90ch; }
@media print { section { break-inside: avoid; } audio { display: none; } }
"""
