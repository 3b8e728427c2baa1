import { Roost } from "../roost.js";

const byId = (id) => document.getElementById(id);
const queue = "examples";
const roost = new Roost().connect();
let isWorking = false;

roost.addEventListener("job", async ({ detail: job }) => {
  const item = Object.assign(document.createElement("li"), { textContent: `Job ${job.data}` });
  byId("jobs").prepend(item);
  await new Promise((resolve) => setTimeout(resolve, 800));
  await roost.done(job);
  item.className = "done";
});

byId("work").addEventListener("click", () => {
  isWorking = !isWorking;
  roost.work(queue, { credit: isWorking ? 1 : 0 });
  byId("work").textContent = isWorking ? "Stop working" : "Work in this window";
});

byId("push").addEventListener("submit", (event) => {
  event.preventDefault();
  fetch(`../queues/${queue}/jobs`, { method: "POST", body: `of ${new Date().toLocaleTimeString()}` });
});

setInterval(async () => {
  const { waiting, leased, done } = await (await fetch(`../queues/${queue}`)).json();
  byId("counts").textContent = `${waiting} waiting, ${leased} in work, ${done} done`;
}, 1000);
