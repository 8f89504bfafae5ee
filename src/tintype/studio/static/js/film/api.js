/* Requests about films. */
import { request } from "../api.js";

const at = (id, rest = "") => `/api/films/${id}${rest}`;
const json = async (method, path, value) => (await request(method, path, { json: value })).json();

export const films = {
  open: async (file) => {
    const form = new FormData();
    form.append("file", file, file.name);
    return (await request("POST", "/api/films", { body: form })).json();
  },
  all: async () => (await json("GET", "/api/films")).films,
  get: (id) => json("GET", at(id)),
  close: (id) => request("DELETE", at(id)),
  beforeUrl: (id, index, side) => at(id, `/frames/${index}?side=${side}`),
  after: async (id, index, side, state, signal) =>
    (await request("POST", at(id, `/frames/${index}?side=${side}`), { json: state, signal })).blob(),
  start: (id, kind, state, shot) => json("POST", at(id, "/task"), { kind, state, shot }),
  stop: (id) => json("DELETE", at(id, "/task")),
};
