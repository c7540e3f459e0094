/** How the page looks: in the light, in the dark, on a telephone, and on paper. Nothing of it comes from elsewhere. */
import { markup } from "./markup.ts"

/** The style sheet. Kinds of areas are `k-…`; where pages are is `dumped`, `parent`, `lazy`, `missing`, with `l1` to `l4`. */
export const style = markup`
  :root {
    color-scheme: light dark;
    --ground: #f6f6f3; --card: #ffffff; --sunk: #eeeeea; --line: #dcdcd6; --ink: #1c1e21; --soft: #565b63; --link: #0b57c2;
    --bad: #b3141d; --good: #17663a; --loud: #8a4b00;
    --heap: #d08700; --stack: #7a4fd6; --anonymous: #0f8f7a; --shared: #c2358a; --file: #5d7291; --vdso: #9aa0a8; --other: #b9a48b;
    --d1: #ffc9b5; --d2: #ff9a78; --d3: #f0653f; --d4: #cc3311; --p1: #bcd7ff; --p2: #8bb9fb; --p3: #5896ef; --p4: #2468c9;
    --z4: #a88be8; --m4: #8b0015;
    --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
    --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --ground: #131417; --card: #1b1d21; --sunk: #26292e; --line: #34383f; --ink: #e8e8e4; --soft: #a5abb4; --link: #85b7ff;
      --bad: #ff8a85; --good: #7ed3a0; --loud: #f0b45c;
      --heap: #e0a030; --stack: #a384f0; --anonymous: #35b8a0; --shared: #e269b0; --file: #8198ba; --vdso: #737a84; --other: #9c8b76;
      --d1: #5a2a1c; --d2: #93401f; --d3: #d45a2c; --d4: #ff8a5c; --p1: #1d3357; --p2: #2a4f8c; --p3: #3d74c9; --p4: #6fa6ff;
      --z4: #a88be8; --m4: #ff4d5e;
    }
  }
  * { box-sizing: border-box; }
  [hidden] { display: none !important; }
  html { scroll-padding-top: 4rem; }
  body { margin: 0 auto; max-width: 74rem; padding: 0 1.5rem 3rem; background: var(--ground); color: var(--ink);
    font: 15px/1.55 var(--sans); overflow-wrap: anywhere; }
  a { color: var(--link); text-underline-offset: .15em; }
  :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
  code { font: .9em var(--mono); }
  h1, h2, h3, p, ul, dl { margin: 0; }
  h1 { font-size: 2.1rem; line-height: 1.2; letter-spacing: -.02em; }
  h2 { font-size: 1.3rem; letter-spacing: -.01em; display: inline-block; }
  h3 { font-size: 1rem; display: inline; }
  ul { padding: 0; list-style: none; }
  .note { color: var(--soft); font-size: .85rem; }
  .skip { position: absolute; left: -99rem; }
  .skip:focus { left: 1rem; top: 1rem; z-index: 9; background: var(--card); padding: .5rem 1rem; }
  header { padding: 2.6rem 0 1.4rem; }
  .eyebrow { color: var(--soft); text-transform: uppercase; letter-spacing: .09em; font-size: .75rem; font-weight: 600; }
  .under { margin-top: .5rem; display: flex; flex-wrap: wrap; gap: .25rem .8rem; align-items: baseline; color: var(--soft); }
  .tiles { margin-top: 1.5rem; display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1px;
    background: var(--line); border: 1px solid var(--line); border-radius: .7rem; overflow: hidden; }
  .tiles li { background: var(--card); padding: .9rem 1.1rem; display: flex; flex-direction: column; }
  .tiles .name { color: var(--soft); font-size: .85rem; }
  .tiles .figure { font-size: 1.65rem; font-weight: 650; letter-spacing: -.02em; line-height: 1.35; font-variant-numeric: tabular-nums; }
  nav { position: sticky; top: 0; z-index: 5; background: var(--ground); border-bottom: 1px solid var(--line); margin: 0 -1.5rem; padding: 0 1.5rem; }
  nav ul { display: flex; gap: 1.3rem; overflow-x: auto; scrollbar-width: none; }
  nav a { display: block; padding: .7rem 0; white-space: nowrap; text-decoration: none; color: var(--soft); font-size: .92rem; }
  nav a:hover { color: var(--ink); }
  section { padding-top: 2.4rem; }
  section > h2 { margin-bottom: .8rem; }
  section > h3 { display: block; margin: 1.3rem 0 .4rem; }
  .problems { margin-top: 2rem; padding: 1rem 1.2rem; background: var(--card); border: 1px solid var(--bad); border-left-width: .35rem; border-radius: .6rem; }
  .problems h2 { color: var(--bad); margin: 0 0 .3rem; font-size: 1.05rem; }
  .problems li { padding: .15rem 0; }
  .tools { float: right; display: flex; gap: .5rem; padding-top: .2rem; }
  button { font: .82rem var(--sans); color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: .45rem; padding: .25rem .7rem; cursor: pointer; }
  button:hover { border-color: var(--soft); }
  .card { background: var(--card); border: 1px solid var(--line); border-radius: .7rem; padding: .75rem 1.1rem; margin-bottom: .8rem; }
  .card[open] { padding-bottom: 1rem; }
  summary { cursor: pointer; }
  summary:hover h3, summary:hover b { text-decoration: underline; text-decoration-color: var(--line); text-underline-offset: .2em; }
  .card > summary .sum { float: right; color: var(--soft); font-size: .9rem; }
  .card > summary .sum b { color: var(--ink); font-weight: 600; }
  .pid { font: 600 .82rem var(--mono); color: var(--soft); background: var(--sunk); border-radius: .35rem; padding: .08rem .4rem; text-decoration: none; }
  a.pid { color: var(--link); }
  a.pid:hover { text-decoration: underline; }
  .chip { display: inline-block; font-size: .78rem; line-height: 1.5; padding: 0 .5rem; border-radius: 1rem; border: 1px solid var(--line); color: var(--soft); white-space: nowrap; }
  .chip.good { color: var(--good); border-color: currentColor; }
  .chip.loud { color: var(--loud); border-color: currentColor; }
  .bad { color: var(--bad); }
  .tree { background: var(--card); border: 1px solid var(--line); border-radius: .7rem; padding: .5rem 1.1rem .7rem; }
  .tree ul ul { margin-left: .45rem; padding-left: 1.2rem; border-left: 1px solid var(--line); }
  .tree ul ul ul ul ul ul ul { margin-left: 0; padding-left: .3rem; }
  .tree .facts ul { margin: 0; padding: 0; border: 0; }
  .process > summary { padding: .35rem 0 .1rem; }
  .process .command { color: var(--soft); }
  .links { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; margin-left: 1.1rem; font-size: .88rem; color: var(--soft); }
  .process > .more { margin: 0 0 .3rem 1.1rem; }
  .more > summary { color: var(--soft); font-size: .88rem; margin-top: .3rem; width: fit-content; }
  .more > summary:hover { color: var(--ink); }
  .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); gap: 0 2rem; padding: .3rem 0 .6rem; }
  .facts > div { display: grid; grid-template-columns: 9.5rem 1fr; gap: .8rem; padding: .28rem 0; border-bottom: 1px solid var(--line); font-size: .9rem; }
  .facts dt { color: var(--soft); }
  .facts dd { margin: 0; min-width: 0; }
  .wide { overflow-x: auto; max-width: 100%; }
  table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
  caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .wide { position: relative; }
  th { text-align: left; color: var(--soft); font-weight: 600; font-size: .8rem; padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; vertical-align: bottom; }
  td { padding: .36rem .9rem .36rem 0; border-bottom: 1px solid var(--line); vertical-align: top; min-width: 3rem; }
  tbody tr:last-child > * { border-bottom: 0; }
  td code { white-space: pre-wrap; }
  .n { text-align: right; white-space: nowrap; }
  tr:target, li:target > details > summary, .card:target { background: color-mix(in srgb, var(--link) 12%, var(--card)); }
  .legend { margin-bottom: 1rem; font-size: .86rem; color: var(--soft); display: grid; gap: .35rem; }
  .legend b { color: var(--ink); font-weight: 600; margin-right: .4rem; }
  .legend span { white-space: nowrap; margin-right: .8rem; }
  .key { display: inline-block; width: .75rem; height: .75rem; border-radius: .2rem; margin-right: .4rem; vertical-align: -.06rem; background: currentColor; forced-color-adjust: none; }
  .ramp { display: inline-flex; margin-right: .4rem; vertical-align: -.1rem; border-radius: .2rem; overflow: hidden; }
  .ramp i { width: .75rem; height: .85rem; background: currentColor; forced-color-adjust: none; }
  .map { padding: .8rem 0 .3rem; }
  .row .at { font: .74rem var(--mono); color: var(--soft); }
  .row svg { display: block; width: 100%; height: 2.6rem; overflow: visible; forced-color-adjust: none; }
  .far { display: flex; align-items: center; gap: .6rem; color: var(--soft); font-size: .76rem; margin: .35rem 0 .1rem; }
  .far::before, .far::after { content: ""; border-top: 1px dashed var(--line); flex: 1; }
  .area { cursor: pointer; }
  .area rect.kind { fill: currentColor; stroke: var(--card); stroke-width: 1px; vector-effect: non-scaling-stroke; }
  .area rect.strip { fill: var(--sunk); stroke: var(--card); stroke-width: 1px; vector-effect: non-scaling-stroke; }
  .area path { fill: currentColor; pointer-events: none; }
  .area:hover rect.kind, .area:focus rect.kind { stroke: var(--ink); stroke-width: 2px; }
  .area:focus { outline: none; }
  .gap rect { fill: transparent; }
  .gap path { stroke: var(--soft); stroke-width: 1px; stroke-dasharray: 2 3; vector-effect: non-scaling-stroke; }
  .k-heap { color: var(--heap); } .k-stack { color: var(--stack); } .k-anonymous { color: var(--anonymous); } .k-shared { color: var(--shared); }
  .k-file { color: var(--file); } .k-vdso { color: var(--vdso); } .k-other, .k-several { color: var(--other); }
  .dumped.l1 { color: var(--d1); } .dumped.l2 { color: var(--d2); } .dumped.l3 { color: var(--d3); } .dumped.l4 { color: var(--d4); }
  .parent.l1 { color: var(--p1); } .parent.l2 { color: var(--p2); } .parent.l3 { color: var(--p3); } .parent.l4 { color: var(--p4); }
  .lazy { color: var(--z4); } .missing { color: var(--m4); } .none { color: var(--sunk); }
  #tip { position: fixed; z-index: 8; max-width: min(26rem, calc(100vw - 1rem)); background: var(--ink); color: var(--ground); border-radius: .5rem;
    padding: .5rem .8rem; font-size: .82rem; line-height: 1.45; display: grid; pointer-events: none; }
  .tool { margin-bottom: .9rem; }
  input { font: .95rem var(--sans); color: var(--ink); background: var(--card); border: 1px solid var(--soft); border-radius: .5rem; padding: .4rem .8rem; width: min(24rem, 70%); margin: 0 .6rem; }
  output { color: var(--soft); font-size: .88rem; }
  .timeline { margin-top: 1rem; }
  .timeline .lane { width: 75%; padding-right: 0; }
  .timeline svg { display: block; width: 100%; height: 1.1rem; forced-color-adjust: none; }
  .timeline th[scope="row"] { vertical-align: middle; font-weight: 400; font-size: .9rem; color: var(--ink); }
  .axis { display: flex; justify-content: space-between; font-weight: 400; }
  .timeline th:last-child { padding-right: 0; }
  .freezing { fill: var(--heap); } .frozen { fill: var(--p3); } .taking { fill: var(--d3); } .writing { fill: var(--d4); }
  .share { display: block; width: 9rem; max-width: 20vw; height: .6rem; margin-top: .45rem; fill: var(--p3); background: var(--sunk); border-radius: .2rem; }
  footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .85rem; }
  @media (max-width: 40rem) {
    body { padding: 0 .9rem 2rem; font-size: 14.5px; }
    nav { margin: 0 -.9rem; padding: 0 .9rem; }
    header { padding-top: 1.5rem; }
    h1 { font-size: 1.6rem; }
    .tiles { grid-template-columns: 1fr 1fr; }
    .tiles .figure { font-size: 1.3rem; }
    .card, .tree { padding-left: .75rem; padding-right: .75rem; }
    .card > summary .sum { float: none; display: block; }
    .facts > div { grid-template-columns: 1fr; gap: 0; }
    .legend span { white-space: normal; }
    .tree ul ul { padding-left: .6rem; margin-left: .2rem; }
    .tools { float: none; margin-bottom: .6rem; }
  }
  @media print {
    :root { --ground: #fff; --card: #fff; }
    body { max-width: none; font-size: 10pt; }
    nav, .tools, .tool, .skip, #tip { display: none; }
    .card, .tree { border-color: #bbb; }
    .row, .tiles li, tr { break-inside: avoid; }
    svg, .key, .ramp i { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  }
`
