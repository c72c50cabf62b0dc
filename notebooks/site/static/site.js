// What scrolls sideways can be reached by keyboard.
function reach() {
  for (const box of document.querySelectorAll("pre, .table-wrapper, .math-wrapper, .output"))
    if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
}
reach();
addEventListener("resize", reach);

// The two lists beside the text say which is which.
for (const [place, name] of [[".sidebar-drawer", "All pages"], [".toc-drawer", "On this page"]])
  document.querySelector(place)?.setAttribute("aria-label", name);

// The painting wipes over the photograph.
for (const box of document.querySelectorAll(".wipe")) {
  const slider = document.createElement("input");
  Object.assign(slider, { type: "range", min: 0, max: 100, value: 50, ariaLabel: "From the painting to the photograph" });
  slider.oninput = () => box.style.setProperty("--at", slider.value + "%");
  box.append(slider);
}
