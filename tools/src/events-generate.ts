// `npm run generate`, second half: the pages about events.
import { folder, writeEventPages } from './events-pages.js';

console.log(`events: ${writeEventPages()} files in ${folder}`);
