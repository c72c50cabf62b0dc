// What scrolls sideways can be reached by keyboard.
function reach() {
  for (const box of document.querySelectorAll("pre, .table-wrapper, .math-wrapper, .output"))
    if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
}
reach();
addEventListener("resize", reach);
