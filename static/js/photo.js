// A photo is made small before it is sent: at most 1600 px, as JPEG, without what the camera wrote
// beside the picture. Where that does not work, the photo is sent as it is.
"use strict";

(() => {
  const LONGEST = 1600;
  const QUALITY = 0.8;

  async function shrunk(file) {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";  // JPEG knows no transparency
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    const name = `${file.name.replace(/\.[^.]*$/, "") || "photo"}.jpg`;
    return new File([blob], name, { type: "image/jpeg", lastModified: file.lastModified });
  }

  // What is chosen while an earlier photo is still at work replaces it.
  async function take(box) {
    const file = box.files[0];
    const said = document.getElementById(box.dataset.photo);
    const buttons = [...box.form.querySelectorAll('[type="submit"]')].filter((each) => !each.disabled);
    if (said) said.textContent = "";
    if (!file || !file.type.startsWith("image/")) return;
    for (const button of buttons) button.disabled = true;
    try {
      const small = await shrunk(file);
      if (box.files[0] !== file) return;
      const files = new DataTransfer();
      files.items.add(small);
      box.files = files.files;
      const kilobytes = Math.max(1, Math.round(small.size / 1000)).toLocaleString(document.documentElement.lang);
      if (said) said.textContent = `${kilobytes} kB`;
    } catch {
      // The server says what is wrong with a file that is no picture.
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches('input[type="file"][data-photo]')) take(event.target);
  });
})();
