// The errors by status and code, with what raises each. An entry has the id `error/CODE`.
import {el} from "../shared/dom.js";

export const errorCatalogue = (_spec) => el("div");
