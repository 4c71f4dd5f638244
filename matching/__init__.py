"""The ranking: which need suits which volunteer, and why. Plain values in, plain values out."""
