"""The look of the portal."""

CSS = """
:root { color-scheme: light dark; --page: #f4f5f7; --card: #fff; --line: #d5dae1; --text: #1c2127; --muted: #586372;
  --accent: #00707f; --on-accent: #fff; --good: #1a7a3c; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --page: #1b1e23; --card: #22262c; --line: #3a414a; --text: #e4e8ed;
  --muted: #9aa5b1; --accent: #4fc3d4; --on-accent: #06262b; --good: #5fbf7a; --bad: #f2857c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, "Segoe UI", sans-serif; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
header { display: flex; gap: 16px; align-items: center; padding: 12px 24px; background: var(--card);
  border-bottom: 1px solid var(--line); }
header .brand { font-weight: 650; text-decoration: none; color: var(--text); margin-right: auto; }
header .brand b { color: var(--accent); }
main { max-width: 1080px; margin: 0 auto; padding: 24px; display: grid; gap: 16px; }
main.narrow { max-width: 400px; padding-top: 64px; }
h1 { font-size: 22px; line-height: 1.25; margin: 0; }
h2 { font-size: 15px; margin: 0 0 8px; }
h3 { font-size: 14px; margin: 16px 0 8px; color: var(--muted); font-weight: 600; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 16px 20px; overflow: auto; }
.head { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; }
.head form { margin-left: auto; }
.card > p { margin: 0; }
.muted { color: var(--muted); }
.badge { border: 1px solid currentColor; border-radius: 999px; padding: 0 10px; font-size: 13px; }
.good { color: var(--good); } .bad { color: var(--bad); }
.notice { border-left: 4px solid currentColor; padding: 8px 12px; background: var(--card); margin: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 24px; margin: 0; }
dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
.foreign { white-space: pre-line; overflow-wrap: anywhere; } .foreign p, .foreign ul { margin: 0 0 8px; white-space: normal; }
ul.services { margin: 0; padding-left: 20px; } ul.services li { overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--muted); font-weight: 600; } tr:last-child td { border-bottom: none; }
.photos { display: grid; grid-template-columns: repeat(auto-fill, minmax(168px, 1fr)); gap: 12px; }
figure { margin: 0; } figure img { width: 100%; height: 126px; object-fit: cover; border-radius: 4px; display: block;
  background: var(--page); }
figcaption { font-size: 13px; color: var(--muted); overflow-wrap: anywhere; }
label { display: block; margin-bottom: 12px; }
input, textarea, select { display: block; width: 100%; font: inherit; padding: 7px 10px; margin-top: 4px; border-radius: 4px;
  border: 1px solid var(--line); background: var(--page); color: var(--text); }
input[type=checkbox] { display: inline; width: auto; margin: 0 8px 0 0; accent-color: var(--accent); }
label.tick { margin-bottom: 6px; }
fieldset { border: 1px solid var(--line); border-radius: 4px; margin: 0 0 12px; padding: 8px 16px; }
legend { padding: 0 4px; font-weight: 600; }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; border-bottom: 1px solid var(--line); padding-bottom: 8px; }
nav a { text-decoration: none; padding: 4px 0; } nav a:hover { text-decoration: underline; }
nav a[aria-current] { color: var(--text); font-weight: 600; border-bottom: 2px solid var(--accent); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(240px, 1fr)); gap: 8px 32px; align-items: start; }
button { font: inherit; padding: 7px 20px; margin-right: 8px; border-radius: 4px; border: 1px solid var(--accent);
  background: var(--accent);  color: var(--on-accent); cursor: pointer; }
button.plain { background: transparent; color: var(--accent); border-color: var(--line); padding: 3px 12px; }
"""

NO_PREVIEW = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 168 126"><text x="84" y="67" text-anchor="middle" '
    'font-family="sans-serif" font-size="12" fill="#7b8794">no preview</text></svg>'
)
