// Share through the device, or copy the link; says so in the live region.
const announce = (text) => {
  const live = document.querySelector("[data-live]");
  if (live) live.textContent = text;
};

const share = async ({ currentTarget: button }) => {
  const url = button.dataset.url ?? document.querySelector("link[rel=canonical]")?.href ?? location.href;
  const title = button.dataset.title ?? document.title;
  try {
    if (navigator.share) {
      await navigator.share({ title, url });
      return;
    }
    await navigator.clipboard.writeText(url);
    const words = button.querySelector("[data-label]") ?? button.lastChild;
    words.textContent = button.dataset.copied;
    announce(button.dataset.copied);
  } catch (error) {
    if (error.name !== "AbortError") announce(url);
  }
};

if (navigator.share || navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-share]")) {
    button.hidden = false;
    button.addEventListener("click", share);
  }
}
