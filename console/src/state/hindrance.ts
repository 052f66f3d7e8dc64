/** What stands in the way of a call before anything of it is said: a sentence of the catalogues. */
export class Hindrance extends Error {}
