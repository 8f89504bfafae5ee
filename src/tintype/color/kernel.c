/* Painting and upsampling, compiled: the arithmetic of gamut.py and resample.py, operation by operation.
 *
 * NumPy's way is the oracle: both give the same bits. So every operation here is one IEEE single-precision
 * operation in the order of the Python, and a compiler must not contract a * b + c (-ffp-contract=off).
 * Blocks are small enough for the first-level cache; loops are plain, so that compilers vectorize them.
 * No function allocates, keeps state or calls Python.
 */
#include <stddef.h>
#include <stdint.h>

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

/* glibc picks the widest version that the processor has when the library is loaded. */
#if !defined(NO_CLONES) && defined(__x86_64__) && defined(__GLIBC__) && !defined(__clang__)
#define WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define WIDE
#endif

#ifdef _MSC_VER
#define INLINE static __forceinline
#else
#define INLINE static inline __attribute__((always_inline))
#endif

#define INTERFACE 1 /* as in kernel.py: a library of another interface is refused */
#define BLOCK 512   /* pixels */

typedef struct {
    float matrix[6];       /* XYZ to linear RGB, without the column of Y: row sums are 1 */
    float delta, black, slope; /* CIE's f: below delta a line through black */
    float tolerance;       /* of linear light, outside the gamut */
    float span;            /* cells of the table for each unit of f */
    int32_t lights, hues;  /* cells of the table */
    int32_t steps;         /* of the search */
    const float *edge;     /* (lights + 1, hues + 1): largest |a| + |b| inside the gamut */
    const float *linear, *f; /* of every 8-bit grey */
    const uint8_t *codes;  /* 8-bit sRGB of linear light in 65536 steps */
} Rules;

typedef struct {
    float fy[BLOCK], y[BLOCK], a[BLOCK], b[BLOCK];
} Asked;

typedef struct {
    float r[BLOCK], g[BLOCK], b[BLOCK];
} Light;

INLINE float lesser(float p, float q) { return p < q ? p : q; }
INLINE float greater(float p, float q) { return p > q ? p : q; }

INLINE float ratio_from_f(const Rules *k, float f) {
    float cube = f * f * f, line = (f - k->black) * k->slope;
    return f < k->delta ? line : cube;
}

INLINE void linear_from_f(const Rules *k, float fy, float y, float a, float b, float *rgb) {
    float x = ratio_from_f(k, fy + a * (float)(1.0 / 500)) - y;
    float z = ratio_from_f(k, fy - b * (float)(1.0 / 200)) - y;
    rgb[0] = y + k->matrix[0] * x + k->matrix[1] * z;
    rgb[1] = y + k->matrix[2] * x + k->matrix[3] * z;
    rgb[2] = y + k->matrix[4] * x + k->matrix[5] * z;
}

INLINE float lowest(const float *rgb) { return lesser(lesser(rgb[0], rgb[1]), rgb[2]); }
INLINE float highest(const float *rgb) { return greater(greater(rgb[0], rgb[1]), rgb[2]); }

/* Linear light of n colours, and whether each lies outside the gamut. */
INLINE void convert(const Rules *rules, int n, const float *fy, const float *y, const float *a, const float *b,
                    Light *out, int32_t *outside) {
    const Rules k = *rules; /* a copy: what is stored below can't change it */
    for (int i = 0; i < n; i++) {
        float rgb[3];
        linear_from_f(&k, fy[i], y[i], a[i], b[i], rgb);
        outside[i] = (lowest(rgb) < -k.tolerance * y[i]) | (highest(rgb) > 1 + k.tolerance);
        out->r[i] = rgb[0], out->g[i] = rgb[1], out->b[i] = rgb[2];
    }
}

/* Where the flags are set; returns how many there are. */
INLINE int places(int n, const int32_t *flags, int32_t *where) {
    int count = 0;
    for (int i = 0; i < n; i++) {
        where[count] = i;
        count += flags[i];
    }
    return count;
}

INLINE int32_t cell(float at, int32_t cells) {
    /* Written so that a NaN lands inside the table too. */
    float last = (float)(cells - 1);
    return (int32_t)(at > 0 ? (at < last ? at : last) : 0);
}

/* gamut._share: the chroma that fits, from the table of the edge. */
INLINE void shorten(const Rules *rules, int n, Asked *c) {
    const Rules k = *rules;
    for (int i = 0; i < n; i++) {
        float a = c->a[i], b = c->b[i];
        float length = greater((a < 0 ? -a : a) + (b < 0 ? -b : b), 1e-6f);
        float turn = b / length;
        turn = a < 0 ? 2 - turn : turn;
        float row = (c->fy[i] - k.black) * k.span, column = (turn + 1) * ((float)k.hues / 4);
        int32_t p = cell(row, k.lights), q = cell(column, k.hues);
        float down = row - (float)p, right = column - (float)q;
        int32_t at = p * (k.hues + 1) + q, below = at + k.hues + 1;
        float upper = k.edge[at] * (1 - right) + k.edge[at + 1] * right;
        float lower = k.edge[below] * (1 - right) + k.edge[below + 1] * right;
        float share = lesser((upper + (lower - upper) * down) * 0.999f / length, 1);
        c->a[i] = a * share, c->b[i] = b * share;
    }
}

INLINE float excess(const Rules *k, float fy, float y, float a, float b, float share) {
    float rgb[3];
    linear_from_f(k, fy, y, a * share, b * share, rgb);
    return greater(-lowest(rgb), highest(rgb) - 1);
}

/* gamut._largest: the chroma that just fits, by regula falsi (Illinois). */
INLINE void search(const Rules *rules, int n, Asked *c) {
    const Rules k = *rules;
    float inside[BLOCK], beyond[BLOCK], under[BLOCK], over[BLOCK];
    for (int i = 0; i < n; i++) {
        inside[i] = 0, beyond[i] = 1;
        under[i] = lesser(greater(-c->y[i], c->y[i] - 1), -1e-9f);
        over[i] = excess(&k, c->fy[i], c->y[i], c->a[i], c->b[i], 1);
    }
    for (int32_t step = 0; step < k.steps; step++)
        for (int i = 0; i < n; i++) {
            float share = inside[i] - under[i] * (beyond[i] - inside[i]) / (over[i] - under[i]);
            float found = excess(&k, c->fy[i], c->y[i], c->a[i], c->b[i], share);
            int good = found <= 0;
            float halved = over[i] * 0.5f, low = under[i] * 0.5f;
            over[i] = good ? halved : found;
            under[i] = lesser(good ? found : low, -1e-9f);
            inside[i] = good ? share : inside[i];
            beyond[i] = good ? beyond[i] : share;
        }
    for (int i = 0; i < n; i++) c->a[i] = c->a[i] * inside[i], c->b[i] = c->b[i] * inside[i];
}

INLINE void gather(int n, const int32_t *where, const float *fy, const float *y, const float *a, const float *b,
                   Asked *out) {
    for (int i = 0; i < n; i++) {
        int32_t at = where[i];
        out->fy[i] = fy[at], out->y[i] = y[at], out->a[i] = a[at], out->b[i] = b[at];
    }
}

INLINE void scatter(int n, const int32_t *where, const Light *from, Light *into) {
    for (int i = 0; i < n; i++) {
        int32_t at = where[i];
        into->r[at] = from->r[i], into->g[at] = from->g[i], into->b[at] = from->b[i];
    }
}

INLINE float clip(float v) { return v > 0 ? (v < 1 ? v : 1) : 0; } /* NaN: 0 */

/* gamut._fit of one block. */
INLINE void fit(const Rules *k, int n, const float *fy, const float *y, const float *a, const float *b,
                Light *out) {
    int32_t flags[BLOCK], where[BLOCK];
    convert(k, n, fy, y, a, b, out, flags);
    int count = places(n, flags, where);
    if (count) {
        Asked few;
        Light found;
        int32_t again[BLOCK];
        gather(count, where, fy, y, a, b, &few);
        shorten(k, count, &few);
        convert(k, count, few.fy, few.y, few.a, few.b, &found, flags);
        int rest = places(count, flags, again);
        if (rest) {
            Asked fewer;
            Light last;
            gather(rest, again, few.fy, few.y, few.a, few.b, &fewer);
            search(k, rest, &fewer);
            convert(k, rest, fewer.fy, fewer.y, fewer.a, fewer.b, &last, flags);
            scatter(rest, again, &last, &found);
        }
        scatter(count, where, &found, out);
    }
    for (int i = 0; i < n; i++) out->r[i] = clip(out->r[i]), out->g[i] = clip(out->g[i]), out->b[i] = clip(out->b[i]);
}

/* v * 65535 for v in 0-1, rounded half to even: adding 1.5 * 2^23 leaves no bits for fractions. */
INLINE int32_t step16(float v) { return (int32_t)((v * 65535.0f + 12582912.0f) - 12582912.0f); }

WIDE static void fit_block(const Rules *k, int n, const float *fy, const float *y, const float *a, const float *b,
                           Light *out) {
    fit(k, n, fy, y, a, b, out);
}

WIDE static void paint_block(const Rules *k, int n, const uint8_t *grey, const float *a, const float *b,
                             uint8_t *out) {
    float fy[BLOCK], y[BLOCK];
    Light light;
    int32_t r[BLOCK], g[BLOCK], bl[BLOCK];
    int neutral = 0;
    for (int i = 0; i < n; i++) fy[i] = k->f[grey[i]], y[i] = k->linear[grey[i]];
    fit(k, n, fy, y, a, b, &light);
    for (int i = 0; i < n; i++) {
        r[i] = step16(light.r[i]), g[i] = step16(light.g[i]), bl[i] = step16(light.b[i]);
        neutral |= (a[i] == 0) & (b[i] == 0);
    }
    const uint8_t *codes = k->codes;
    for (int i = 0; i < n; i++)
        out[3 * i] = codes[r[i]], out[3 * i + 1] = codes[g[i]], out[3 * i + 2] = codes[bl[i]];
    if (neutral)
        for (int i = 0; i < n; i++)
            if (a[i] == 0 && b[i] == 0) out[3 * i] = out[3 * i + 1] = out[3 * i + 2] = grey[i];
}

EXPORT int32_t tintype_interface(void) { return INTERFACE; }

/* Rows of 8-bit grey and chroma to sRGB: gamut.paint_rows. */
EXPORT void tintype_paint8(const Rules *k, size_t pixels, const uint8_t *grey, const float *a, const float *b,
                           uint8_t *rgb) {
    for (size_t at = 0; at < pixels; at += BLOCK) {
        int n = pixels - at < BLOCK ? (int)(pixels - at) : BLOCK;
        paint_block(k, n, grey + at, a + at, b + at, rgb + 3 * at);
    }
}

/* Linear light of lightness and chroma, three planes one after the other: gamut._fit. */
EXPORT void tintype_fit(const Rules *k, size_t pixels, const float *fy, const float *y, const float *a,
                        const float *b, float *rgb) {
    for (size_t at = 0; at < pixels; at += BLOCK) {
        int n = pixels - at < BLOCK ? (int)(pixels - at) : BLOCK;
        Light light;
        fit_block(k, n, fy + at, y + at, a + at, b + at, &light);
        for (int i = 0; i < n; i++) {
            rgb[at + i] = light.r[i], rgb[pixels + at + i] = light.g[i], rgb[2 * pixels + at + i] = light.b[i];
        }
    }
}

/* One row: the sum of `count` rows, each times its weight, added one after the other: resample.blend_numpy. */
WIDE static void blend_row(size_t width, int32_t count, const float *rows, const float *taps, float *out) {
    for (size_t at = 0; at < width; at += BLOCK) {
        int n = width - at < BLOCK ? (int)(width - at) : BLOCK;
        float sum[BLOCK];
        for (int i = 0; i < n; i++) sum[i] = 0;
        for (int32_t row = 0; row < count; row++) {
            const float *from = rows + row * width + at;
            const float weight = taps[row];
            for (int i = 0; i < n; i++) sum[i] = sum[i] + weight * from[i];
        }
        for (int i = 0; i < n; i++) out[at + i] = sum[i];
    }
}

/* `height` rows, each from `count` rows of the source, from its first on. */
EXPORT void tintype_blend(size_t height, size_t width, int32_t count, const float *rows, const int32_t *first,
                          const float *taps, float *out) {
    for (size_t top = 0; top < height; top++)
        blend_row(width, count, rows + first[top] * width, taps + top * count, out + top * width);
}
