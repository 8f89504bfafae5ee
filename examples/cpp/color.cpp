// Colours a photograph: ./color whole.onnx old.pgm new.ppm [x,y=#rrggbb ...]
// Build: g++ -std=c++17 color.cpp -o color -lonnxruntime
#include <onnxruntime_cxx_api.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

struct Picture {
    int64_t width = 0, height = 0, channels = 0;
    std::vector<uint8_t> samples;  // row by row, channel by channel
};

static Picture read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string kind;
    int64_t white = 0;
    Picture picture;
    file >> kind >> picture.width >> picture.height >> white;
    file.get();
    if (!file || (kind != "P5" && kind != "P6") || white != 255)
        throw std::runtime_error(path + ": not a binary PGM or PPM of 8 bits without comments");
    picture.channels = kind == "P5" ? 1 : 3;
    picture.samples.resize(picture.width * picture.height * picture.channels);
    file.read(reinterpret_cast<char*>(picture.samples.data()), picture.samples.size());
    if (!file) throw std::runtime_error(path + ": cut short");
    return picture;
}

int main(int argc, char** argv) try {
    if (argc < 4) throw std::runtime_error("usage: color whole.onnx old.pgm new.ppm [x,y=#rrggbb ...]");
    Picture picture = read(argv[2]);

    std::vector<float> hints;  // x, y, radius (0: the default), red, green, blue
    for (int i = 4; i < argc; i++) {
        float x, y;
        unsigned color;
        if (std::sscanf(argv[i], "%f,%f=#%6x", &x, &y, &color) != 3)
            throw std::runtime_error(std::string(argv[i]) + ": write x,y=#rrggbb");
        for (float v : {x, y, 0.f, float(color >> 16), float(color >> 8 & 255), float(color & 255)}) hints.push_back(v);
    }

    // From 1.32 on ONNX Runtime reports to its maker unless it is told not to before it begins.
#ifdef _WIN32
    if (!std::getenv("ORT_DISABLE_TELEMETRY")) _putenv_s("ORT_DISABLE_TELEMETRY", "1");
#else
    setenv("ORT_DISABLE_TELEMETRY", "1", 0);
#endif
    Ort::Env env(ORT_LOGGING_LEVEL_WARNING, "color");
    Ort::Session session(env, argv[1], Ort::SessionOptions());
    auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);

    std::array<float, 3> settings{0.5f, 1.f, 0.f};  // vividness, saturation, warmth
    std::array<int64_t, 3> shape{picture.height, picture.width, picture.channels};
    std::array<int64_t, 2> hints_shape{int64_t(hints.size() / 6), 6};
    hints.reserve(1);  // so that there is a pointer even to none
    std::vector<Ort::Value> inputs;
    inputs.push_back(Ort::Value::CreateTensor<uint8_t>(memory, picture.samples.data(), picture.samples.size(),
                                                       shape.data(), shape.size()));
    for (float& value : settings) inputs.push_back(Ort::Value::CreateTensor<float>(memory, &value, 1, nullptr, 0));
    inputs.push_back(Ort::Value::CreateTensor<float>(memory, hints.data(), hints.size(), hints_shape.data(),
                                                     hints_shape.size()));
    const char* names[] = {"picture", "vividness", "saturation", "warmth", "hints"};
    const char* wanted[] = {"colored"};
    auto made = session.Run(Ort::RunOptions(nullptr), names, inputs.data(), inputs.size(), wanted, 1);

    std::ofstream file(argv[3], std::ios::binary);
    file << "P6\n" << picture.width << " " << picture.height << "\n255\n";
    file.write(reinterpret_cast<const char*>(made[0].GetTensorData<uint8_t>()), picture.width * picture.height * 3);
    file.close();
    if (!file) throw std::runtime_error(std::string(argv[3]) + ": can't be written");
    return 0;
} catch (const std::exception& error) {
    std::cerr << "color: " << error.what() << "\n";
    return 1;
}
