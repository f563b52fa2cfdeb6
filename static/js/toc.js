// The table of contents follows: the entry of the section being read is marked. Beside the text it
// stands open; above it, on narrow screens, it opens on a press and closes when a section is chosen.
(function () {
  "use strict";

  const contents = document.querySelector("[data-toc]");
  if (!contents) {
    return;
  }
  const beside = window.matchMedia("(min-width: 60.01rem)");
  const links = Array.from(contents.querySelectorAll("a"));
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

  function place() {
    contents.open = beside.matches;
  }

  contents.addEventListener("click", function (event) {
    if (event.target.closest("a") && !beside.matches) {
      contents.open = false;
    }
  });
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
  beside.addEventListener("change", place);
  place();
  follow();
})();
