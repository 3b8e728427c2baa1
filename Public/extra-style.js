import { make } from "./dom.js";

/** The style of what is loaded later: it is there before any of that is shown. */
await new Promise((resolve) => {
  document.head.append(make("link", { rel: "stylesheet", href: "extra.css", onload: resolve, onerror: resolve }));
});
