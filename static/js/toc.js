// The table of contents follows: the entry of the section being read is marked.
(function () {
  "use strict";

  const links = Array.from(document.querySelectorAll("[data-toc] a"));
  const headings = links.map(function (link) {
    return document.getElementById(decodeURIComponent(link.hash.slice(1)));
  });
  const READING_LINE = 120;
  let waiting = false;

  function follow() {
    waiting = false;
    let current = -1;
    headings.forEach(function (heading, index) {
      if (heading && heading.getBoundingClientRect().top < READING_LINE) {
        current = index;
      }
    });
    links.forEach(function (link, index) {
      if (index === current) {
        link.setAttribute("aria-current", "true");
      } else {
        link.removeAttribute("aria-current");
      }
    });
  }

  if (links.length) {
    document.addEventListener(
      "scroll",
      function () {
        if (!waiting) {
          waiting = true;
          requestAnimationFrame(follow);
        }
      },
      { passive: true }
    );
    follow();
  }
})();
