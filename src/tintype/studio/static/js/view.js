/* Where the photograph lies in the stage: scale in CSS pixels a photo pixel, and the photo point in the middle. */
import { clamp } from "./dom.js";

const MOST = 48;

export class View {
  constructor() {
    this.width = this.height = 1; // of the photograph, its pixels
    this.stageWidth = this.stageHeight = 1; // CSS pixels
    this.scale = 1;
    this.cx = this.cy = 0.5;
    this.fitted = true;
  }

  get fitScale() {
    const room = this.stageWidth < 600 ? 0 : 24;
    return Math.min((this.stageWidth - room) / this.width, (this.stageHeight - room) / this.height, MOST);
  }

  photo(width, height) {
    Object.assign(this, { width, height });
    this.fit();
  }

  stage(width, height) {
    this.stageWidth = Math.max(width, 1);
    this.stageHeight = Math.max(height, 1);
    if (this.fitted) this.fit(); else this.bound();
  }

  fit() {
    this.scale = this.fitScale;
    this.cx = this.width / 2;
    this.cy = this.height / 2;
    this.fitted = true;
  }

  /** Scale by `factor`; the photo point under the stage point (sx, sy) stays there. */
  zoom(factor, sx = this.stageWidth / 2, sy = this.stageHeight / 2) {
    const [px, py] = this.toPhoto(sx, sy);
    const low = Math.min(this.fitScale, 1);
    this.scale = clamp(this.scale * factor, low, MOST);
    this.fitted = this.scale <= this.fitScale * 1.001 && this.scale >= this.fitScale * 0.999;
    this.cx = px - (sx - this.stageWidth / 2) / this.scale;
    this.cy = py - (sy - this.stageHeight / 2) / this.scale;
    this.bound();
  }

  zoomTo(scale, sx, sy) { this.zoom(scale / this.scale, sx, sy); }

  pan(dx, dy) {
    this.cx -= dx / this.scale;
    this.cy -= dy / this.scale;
    this.fitted = false;
    this.bound();
  }

  bound() {
    const halfW = this.stageWidth / this.scale / 2;
    const halfH = this.stageHeight / this.scale / 2;
    this.cx = halfW * 2 >= this.width ? this.width / 2 : clamp(this.cx, halfW, this.width - halfW);
    this.cy = halfH * 2 >= this.height ? this.height / 2 : clamp(this.cy, halfH, this.height - halfH);
  }

  /** Stage point (CSS px) of a photo point (photo px). */
  toStage(px, py) {
    return [(px - this.cx) * this.scale + this.stageWidth / 2, (py - this.cy) * this.scale + this.stageHeight / 2];
  }

  toPhoto(sx, sy) {
    return [(sx - this.stageWidth / 2) / this.scale + this.cx, (sy - this.stageHeight / 2) / this.scale + this.cy];
  }

  /** The same in shares 0-1 of the photo, or null outside of it. */
  toShare(sx, sy) {
    const [x, y] = this.toPhoto(sx, sy);
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return null;
    return { x: x / this.width, y: y / this.height };
  }

  /** Where the photo lies on the stage, as far as it is seen, in CSS px. */
  frame() {
    const [x0, y0] = this.toStage(0, 0);
    const [x1, y1] = this.toStage(this.width, this.height);
    const left = clamp(x0, 0, this.stageWidth);
    const top = clamp(y0, 0, this.stageHeight);
    return { left, top, width: clamp(x1, 0, this.stageWidth) - left, height: clamp(y1, 0, this.stageHeight) - top };
  }

  /** The rectangle of the photo (whole photo px) that the stage shows. */
  visible() {
    const [x0, y0] = this.toPhoto(0, 0);
    const [x1, y1] = this.toPhoto(this.stageWidth, this.stageHeight);
    const left = Math.floor(clamp(x0, 0, this.width));
    const top = Math.floor(clamp(y0, 0, this.height));
    return { left, top, width: Math.ceil(clamp(x1, 0, this.width)) - left, height: Math.ceil(clamp(y1, 0, this.height)) - top };
  }
}
