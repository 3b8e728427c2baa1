import { make } from "./dom.js";
import "./extra-style.js";

/** Shows under an own message why it could not be sent, and what can be done. */
export function showProblem(row, reason, onRetry, onDiscard) {
  row.querySelector(".problem")?.remove();
  row.querySelector(".body").append(make(
    "div", { className: "problem" },
    make("span", { role: "alert" }, `Not sent: ${reason}`),
    make("button", { className: "quiet", onclick: onRetry }, "Try again"),
    make("button", { className: "quiet", onclick: onDiscard }, "Discard"),
  ));
}
