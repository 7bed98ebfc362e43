"""What every page of `explain.html` begins and ends with: its style, for light and dark, and a few lines of script.

Without the script all links work; it highlights what belongs together, and opens what is folded where a link leads.
"""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --back: #fff; --ink: #1b1f24; --soft: #57606a; --line: #c8ced6; --panel: #f4f6f8;
  --link: #0550ae; --plus: #a40e26; --minus: #6639ba; --bang: #8a4600; --tilde: #0a5c73;
  --good: #116329; --on: #fff3c4; }
@media (prefers-color-scheme: dark) { :root { --back: #15181d; --ink: #e6e9ee; --soft: #9aa4b1; --line: #424a55;
  --panel: #1d2229; --link: #79b8ff; --plus: #ff8a80; --minus: #c9a6ff; --bang: #ffb45c; --tilde: #67d4ee;
  --good: #7ee29a; --on: #4a4012; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 14px/1.4 system-ui, sans-serif;
  display: flex; flex-direction: column; height: 100vh; }
a { color: var(--link); text-decoration: none; }
a:hover, a:focus { text-decoration: underline; }
code, pre { font: 13px/1.4 ui-monospace, Menlo, Consolas, monospace; }
pre { margin: .2rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
header, .report { padding: .6rem 1rem; }
h1 { font-size: 1.1rem; margin: 0 0 .2rem; }
h2 { font-size: 1rem; margin: 0; padding: .5rem .6rem; position: sticky; top: 0; background: var(--panel); z-index: 2; }
header p { margin: .2rem 0; }
.report { max-height: 45vh; overflow: auto; }
.report pre { white-space: pre; }
main { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); flex: 1; min-height: 0;
  border-top: 1px solid var(--line); }
section { overflow: auto; }
section + section { border-left: 1px solid var(--line); }
@media (max-width: 60rem) { body { height: auto; } main { display: block; } section + section { border: 0; } }
ol { list-style: none; margin: 0; padding: 0; min-width: max-content; }
summary { cursor: pointer; }
small, .soft { color: var(--soft); }
.row { display: grid; grid-template-columns: 3.5rem var(--marks) 4rem auto; }
.row > :first-child { text-align: right; padding: .2rem .5rem 0 0; }
.row > .mark { padding-top: .2rem; }
.row > .to { padding: .2rem .3rem 0; }
.head { position: sticky; top: 2.2rem; background: var(--panel); z-index: 2; border-bottom: 1px solid var(--line); }
.head .lanes { height: 1.7rem; }
.row.head .lanes::before { display: none; }
.head b { position: absolute; left: calc(1rem + var(--k) * var(--lane)); transform: translateX(-50%);
  white-space: nowrap; }
.lanes { position: relative; z-index: 0; min-width: calc(var(--lane) * var(--n)); padding: .1rem 0 .4rem 1rem; }
.row .lanes::before { content: ""; position: absolute; z-index: -1; top: 0; bottom: 0; left: 1rem;
  width: calc(var(--lane) * var(--n) - 1px);
  background: linear-gradient(to right, var(--line) 1px, transparent 1px) 0 0 / var(--lane) 100% repeat-x; }
.lanes code, .lanes small { background: var(--back); }
.text, .lanes pre { margin-left: .6rem; }
.go, .back { display: block; position: relative; height: .5rem; width: calc(var(--lane) * var(--k)); }
.go { border-bottom: 2px solid currentColor; }
.back { border-bottom: 2px dashed var(--soft); }
.go::after { content: ""; position: absolute; right: 0; bottom: -6px; border: 5px solid transparent;
  border-left-color: currentColor; }
.back::after { content: ""; position: absolute; left: 0; bottom: -6px; border: 5px solid transparent;
  border-right-color: var(--soft); }
.plus .go { border-bottom-style: double; border-bottom-width: 4px; }
.minus .go { border-bottom-style: dotted; }
.tilde .go { border-bottom-style: dashed; }
.plus .mark, .plus .go { color: var(--plus); }
.minus .mark, .minus .go, .minus code { color: var(--minus); }
.bang .mark, .bang .go { color: var(--bang); }
.tilde .mark, .tilde .go { color: var(--tilde); }
.stop .mark, .failed { color: var(--plus); }
.passed { color: var(--good); }
.mark, .failed, .passed { font-weight: 600; }
.badge { display: inline-block; width: 1.3em; text-align: center; border: 1px solid currentColor; margin-right: .3em; }
.plus .badge { border-radius: 0; }
.minus .badge { border-style: dotted; }
.bang .badge { border-width: 2px; }
.tilde .badge { border-radius: 50%; }
.gap { padding: .4rem 0 .4rem calc(8rem + var(--marks)); color: var(--soft); }
.fold > summary { padding: .3rem 0 .3rem calc(7rem + var(--marks)); color: var(--soft); }
.l { display: grid; grid-template-columns: var(--margin) minmax(0, 1fr) auto; gap: .5rem; padding: .05rem .5rem; }
.l > :nth-child(2) { padding-left: calc(var(--d, 0) * 1.2rem); }
.l > :first-child { text-align: right; }
.l code { overflow-wrap: anywhere; white-space: pre-wrap; }
.idle code { color: var(--soft); }
.op code { font-weight: 600; }
.on, :target { background: var(--on); }
.on code, :target code, .on small, :target small { background: var(--on); }
"""

SCRIPT = """
"use strict";
let shown = [];
document.addEventListener("mouseover", (event) => {
  const part = event.target.closest("[data-e]");
  shown.forEach((one) => one.classList.remove("on"));
  shown = part ? [...document.querySelectorAll('[data-e="' + part.dataset.e + '"]')] : [];
  shown.forEach((one) => one.classList.add("on"));
});
function reveal() {
  const target = document.getElementById(location.hash.slice(1));
  if (!target) return;
  for (let part = target; part; part = part.parentElement) if (part.localName === "details") part.open = true;
  target.scrollIntoView({ block: "center" });
}
addEventListener("hashchange", reveal);
reveal();
"""
