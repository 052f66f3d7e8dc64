// Files that are fetched when they are wanted.
declare module "*.geojson?url" {
  const address: string;
  export default address;
}
