import * as z from 'zod/mini';
import { version } from './common.ts';

export const rootfsCreate = z.strictObject({ version, directory: z.string(), from: z.string() });
