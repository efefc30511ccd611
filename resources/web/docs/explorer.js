"use strict";
window.ui = SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#explorer",
  deepLinking: true,
  filter: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  showMutatedRequest: false,
  tryItOutEnabled: true,
  // No request leaves for another host, and nothing of what is typed is kept.
  validatorUrl: null,
  persistAuthorization: false,
});
