declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  /** Draws the reference of an OpenAPI document into the page; see the configuration page of swagger-ui. */
  const SwaggerUI: (options: Record<string, unknown>) => unknown;
  // biome-ignore lint/style/noDefaultExport: as the package has it
  export default SwaggerUI;
}
