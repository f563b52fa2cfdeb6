// Tells the portal what only the page can know: that the guide was visible for 10 seconds, and that
// a question came into view. Each is said once; a repeat changes nothing on the other side.
// On a page where a question stands alone, the question itself carries the address.
(function () {
  "use strict";

  const OPEN_AFTER = 10000;
  const article = document.querySelector("[data-beacon]");
  const question = document.querySelector("[data-question]");
  let left = OPEN_AFTER;
  let since = 0;
  let timer = 0;

  if (!article) {
    return;
  }

  function tell(kind) {
    const said = new URLSearchParams({
      kind: kind,
      revision: article.dataset.revision,
      csrf_token: article.dataset.token,
    });
    navigator.sendBeacon(article.dataset.beacon, said);
  }

  function opened() {
    document.removeEventListener("visibilitychange", watch);
    tell("opened");
  }

  // Only the time during which the page could be seen counts.
  function watch() {
    if (document.visibilityState === "visible") {
      since = performance.now();
      timer = setTimeout(opened, left);
    } else if (since) {
      clearTimeout(timer);
      left -= performance.now() - since;
      since = 0;
    }
  }

  if (article !== question) {
    document.addEventListener("visibilitychange", watch);
    watch();
  }

  if (question) {
    const buttons = question.querySelector(".answers") || question;
    const observer = new IntersectionObserver(
      function (entries) {
        if (entries.some(function (entry) { return entry.isIntersecting; })) {
          observer.disconnect();
          tell(question.dataset.question || "shown");
        }
      },
      { threshold: 0.5 }
    );
    observer.observe(buttons);
  }
})();
