"""Films: colour that stands still, on two cores (extra ``film``).

The network is asked on key frames only; what it says is carried along the motion of the pictures, and
evidence of several key frames is joined while it can be trusted.
"""
