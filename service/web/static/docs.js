// Shows the API's document on /docs; it reads nothing but our own addresses.
window.SwaggerUIBundle({ url: "/openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null });
