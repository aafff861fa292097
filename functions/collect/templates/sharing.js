{
  // What a browser can do with a link: put it on the clipboard, open the phone's own share sheet.
  const link = document.getElementById("link");
  const copy = document.getElementById("copy");
  const share = document.getElementById("share");
  link.addEventListener("focus", () => link.select());
  if (navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(link.value);
      copy.textContent = copy.dataset.done;
    });
  }
  if (navigator.share) {
    share.hidden = false;
    share.addEventListener("click", () => {
      navigator.share({ text: link.dataset.message, url: link.value }).catch(() => {}); // closed without a choice
    });
  }
}
