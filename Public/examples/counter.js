import { Roost } from "../roost.js";

const { state, total, more } = Object.fromEntries([...document.querySelectorAll("[id]")].map((it) => [it.id, it]));
const channel = "counter";
const me = crypto.getRandomValues(new Uint32Array(2)).join("-");
/** How often each window has counted: numbers that only grow, so that saying one twice does no harm. */
const counts = new Map([[me, 0]]);

const roost = new Roost();
roost.addEventListener("state", ({ detail }) => { state.textContent = detail.state; });
roost.subscribe(channel, ({ event, data }) => {
  for (const [who, count] of data) counts.set(who, Math.max(count, counts.get(who) ?? 0));
  show();
  if (event === "hello") say("count", { echo: false });
}, { history: 1 });
// Whoever comes or comes back says what is counted here, and is told.
roost.addEventListener("subscribed", () => say("hello", { echo: false }));
roost.connect();

more.addEventListener("click", () => {
  counts.set(me, counts.get(me) + 1);
  show();
  say("count");
});

function say(event, options) {
  roost.publish(channel, [...counts], { event, ...options });
}

function show() {
  total.textContent = [...counts.values()].reduce((sum, count) => sum + count);
}
