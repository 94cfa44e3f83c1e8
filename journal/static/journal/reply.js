// Ready words go into the message at once, after what was typed. Without this the server puts them there.
for (const form of document.querySelectorAll("form[data-reply]")) {
  const box = form.elements.namedItem("text");
  form.addEventListener("click", (event) => {
    const picked = event.target.closest("button[data-text]");
    if (!picked) return;
    event.preventDefault();
    box.value = [box.value.trim(), picked.dataset.text].filter(Boolean).join("\n");
    box.focus();
  });
}
