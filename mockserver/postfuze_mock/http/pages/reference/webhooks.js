// How deliveries are signed, checked and tried again: what precedes the events on the page of the webhooks.
import {el} from "../shared/dom.js";

export const webhookGuide = (_spec) => el("div");
