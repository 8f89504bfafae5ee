"""The way most people have done it, timed: OpenCV 4's DNN module with Zhang's Caffe network, at 224 px.

Runs in an environment of its own: ``python opencv_way.py FOLDER_OF_WEIGHTS TIMES PHOTO TARGET``.
"""

import sys
import time

import cv2
import numpy as np

weights, times, source, target = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
net = cv2.dnn.readNetFromCaffe(
    f"{weights}/colorization_deploy_v2.prototxt", f"{weights}/colorization_release_v2.caffemodel"
)
points = np.load(f"{weights}/pts_in_hull.npy").transpose().reshape(2, 313, 1, 1)
net.getLayer(net.getLayerId("class8_ab")).blobs = [points.astype(np.float32)]
net.getLayer(net.getLayerId("conv8_313_rh")).blobs = [np.full([1, 313], 2.606, np.float32)]


def color(source: str, target: str) -> None:
    scaled = cv2.imread(source).astype(np.float32) / 255
    lab = cv2.cvtColor(scaled, cv2.COLOR_BGR2LAB)
    small = cv2.split(cv2.resize(lab, (224, 224)))[0] - 50
    net.setInput(cv2.dnn.blobFromImage(small))
    ab = net.forward()[0].transpose(1, 2, 0)
    ab = cv2.resize(ab, (lab.shape[1], lab.shape[0]))
    joined = np.concatenate((cv2.split(lab)[0][:, :, None], ab), axis=2)
    result = np.clip(cv2.cvtColor(joined, cv2.COLOR_LAB2BGR), 0, 1)
    cv2.imwrite(target, (255 * result).astype(np.uint8))


for _ in range(times):
    start = time.perf_counter()
    color(source, target)
    print(time.perf_counter() - start)
