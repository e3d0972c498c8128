export const STYLESHEET = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f7f9, #14161a);
  --paper: light-dark(#ffffff, #1d2026);
  --ink: light-dark(#1b1f24, #e6e9ee);
  --faint: light-dark(#5b6470, #98a2b0);
  --line: light-dark(#dfe3e8, #333842);
  --link: light-dark(#0b5cad, #7db8ff);
  --grave: light-dark(#b3261e, #ff8a80);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 56rem; margin: 0 auto; padding: 1.25rem 1rem 4rem; }
h1 { font-size: 1.35rem; line-height: 1.3; margin: .25rem 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 1.75rem 0 .5rem; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
ol { list-style: none; margin: 0; padding: 0; }
li, dl, pre, iframe { background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; }
li { padding: .75rem 1rem; margin-bottom: .6rem; overflow-wrap: anywhere; }
li p { margin: 0; }
.faint, dt { color: var(--faint); font-size: .875rem; }
.kind { font-size: .75rem; font-weight: 600; letter-spacing: .04em; text-transform: uppercase; color: var(--faint); }
.kind.critical, .kind.error { color: var(--grave); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0; padding: .75rem 1rem; }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
pre { margin: 0; padding: .75rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .875rem; }
details pre { margin-top: .5rem; }
iframe { width: 100%; height: 36rem; background: #ffffff; color-scheme: light; }
@media (max-width: 36rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } }
`;
