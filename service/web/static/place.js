// Offers to fill in the place from the browser, rounded to about a kilometre; without it, one types it in.
const offer = document.getElementById("locate");
if (offer && "geolocation" in navigator) {
  offer.hidden = false;
  offer.firstElementChild.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      for (const name of ["latitude", "longitude"]) {
        document.getElementsByName(name)[0].value = coords[name].toFixed(2);
      }
    });
  });
}
