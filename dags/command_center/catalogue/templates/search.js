const form = document.getElementById("pencarian"), field = document.getElementById("cari"), told = document.getElementById("banyak");
const entries = [...document.querySelectorAll(".entries li")].map(place => ({ place, text: (place.textContent + " " + place.dataset.words).toLowerCase() }));
const groups = [...document.querySelectorAll("[data-group]")];
function search() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const { place, text } of entries) {
    place.hidden = !words.every(word => text.includes(word));
    found += !place.hidden;
  }
  for (const group of groups) group.hidden = !group.querySelector(".entries li:not([hidden])");
  told.textContent = words.length ? (found ? found + " ditemukan" : "Tidak ada yang cocok; coba kata yang lebih pendek.") : "";
}
form.hidden = false;
form.addEventListener("submit", event => event.preventDefault());
field.addEventListener("input", search);
search();
