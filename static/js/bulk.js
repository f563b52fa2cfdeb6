// The bar above a list (data-bulk) says how many of its boxes are ticked. Shift and a press tick all
// boxes in between. Without the script the boxes and the button work the same.
(function () {
  "use strict";

  const bar = document.querySelector("[data-bulk]");
  const count = bar && bar.querySelector("[data-bulk-count]");
  if (!count) {
    return;
  }
  const boxes = Array.from(document.querySelectorAll("input[form='" + bar.id + "'][type=checkbox]"));
  let last = -1;

  function show() {
    const ticked = boxes.filter((box) => box.checked).length;
    bar.classList.toggle("bulk-active", ticked > 0);
    count.textContent = ticked ? count.dataset.bulkCount.replace("%s", ticked) : count.dataset.bulkNone;
  }

  boxes.forEach(function (box, place) {
    box.addEventListener("click", function (event) {
      if (event.shiftKey && last >= 0) {
        boxes.slice(Math.min(last, place), Math.max(last, place) + 1).forEach(function (between) {
          between.checked = box.checked;
        });
      }
      last = place;
      show();
    });
  });
  window.addEventListener("pageshow", show);
})();
