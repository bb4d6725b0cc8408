#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the fixtures of test-golden: one D step and one G step by automatic
differentiation, a definition that owes nothing to the engine.  Run by hand,
README.md beside this file says how and what is in a fixture.
"""

import itertools
import pathlib
import re

import numpy as np
import torch
from torch.nn import functional

EPS, SLOPE, RATE, BETAS = 1e-5, 0.2, 5e-4, (0.5, 0.999)
LAMBDA, ALPHA, BORDER = 0.1, 10.0, 5

# No LeakyReLU's input is nearer to its kink: float's rounding must not change
# a mask, for then the gradients would differ by much more than rounding.
MARGIN = 3e-5

# Below this part of a net's largest gradient a tensor is zero in exact
# arithmetic: the biases before a batch norm.
ZERO = 1e-12

# File, channels, features, height, width, first seed to try.
FIXTURES = (("colour.bin", 3, 6, 17, 15, 1), ("grey.bin", 1, 4, 13, 16, 1))


class Chain(torch.nn.Module):
    """Five 3x3 convolutions, four of them with batch norm and LeakyReLU."""

    def __init__(self, channels, features, out, tanh):
        super().__init__()
        sizes = [channels] + [features] * 4 + [out]
        for i in range(5):
            setattr(self, f"conv{i}", torch.nn.Conv2d(*sizes[i:i + 2], 3))
            if i < 4:
                setattr(self, f"bn{i}", torch.nn.BatchNorm2d(features, EPS))
        self.tanh = tanh
        self.nearest = float("inf")

    def forward(self, x):
        for i in range(4):
            x = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(x))
            self.nearest = min(self.nearest, x.detach().abs().min().item())
            x = functional.leaky_relu(x, SLOPE)
        x = self.conv4(x)
        return torch.tanh(x) if self.tanh else x


def name_of(parameter):
    layer, kind = parameter.split(".")
    return f"{layer}.{'w' if kind == 'weight' else 'b'}"


def draw_start(channels, features, height, width, seed):
    """Everything random, as numbers that float32 holds exactly.  Weights are
    larger than a training's, so that no term drowns."""
    generator = torch.Generator().manual_seed(seed)

    def normal(shape, mean, deviation):
        return mean + deviation * torch.randn(shape, generator=generator)

    def image(deviation):
        return normal((1, channels, height, width), 0, deviation)

    def pad(x):
        return functional.pad(x, [BORDER] * 4)

    start = {}
    for net, out in (("D", 1), ("G", channels)):
        for name, p in Chain(channels, features, out, False).named_parameters():
            gamma = name.startswith("bn") and name.endswith("weight")
            start[f"{net}.before.{name_of(name)}"] = normal(
                p.shape, int(gamma), 0.2 if name.startswith("conv") else 0.1)
    start["real"] = torch.tanh(image(1))
    for name, deviation in (("prev", 0.5), ("z_prev", 0.5), ("noise", 1),
                            ("z_opt", 1)):
        start[f"{name}_padded"] = pad(image(deviation))
    start["noise_amp"] = normal((1,), 0.3, 0.05)
    start["alpha"] = torch.rand(1, generator=generator)
    return start


def steps(start, dtype):
    """One D step and one G step; the results, and how near a kink was."""
    start = {name: value.to(dtype) for name, value in start.items()}
    out = {}
    _, channels, _, _ = start["real"].shape
    features = len(start["D.before.conv0.b"])
    G = Chain(channels, features, channels, True).to(dtype)
    D = Chain(channels, features, 1, False).to(dtype)
    for prefix, net in (("D", D), ("G", G)):
        for name, p in net.named_parameters():
            p.data.copy_(start[f"{prefix}.before.{name_of(name)}"])
    real, amp, alpha = start["real"], start["noise_amp"], start["alpha"]

    def put(prefix, net, gradient):
        for name, p in net.named_parameters():
            value = p
            if gradient:
                value = torch.zeros_like(p) if p.grad is None else p.grad
            out[f"{prefix}.{name_of(name)}"] = value.detach().clone()

    def put_running(prefix, net):
        for i in range(4):
            bn = getattr(net, f"bn{i}")
            out[f"{prefix}.bn{i}.rm"] = bn.running_mean.clone()
            out[f"{prefix}.bn{i}.rv"] = bn.running_var.clone()

    def generate(noise, prev):
        below = prev[:, :, BORDER:-BORDER, BORDER:-BORDER]
        return G(amp * noise + prev) + below

    def score(name, x):
        scores = D(x)
        out[f"D.out.{name}"] = scores.detach()
        return scores

    d_adam = torch.optim.Adam(D.parameters(), lr=RATE, betas=BETAS)
    g_adam = torch.optim.Adam(G.parameters(), lr=RATE, betas=BETAS)

    fake = generate(start["noise_padded"], start["prev_padded"])
    out["fake"] = fake.detach()
    error_real = -score("real", real).mean()
    error_real.backward()
    put("D.grad_real", D, True)
    error_fake = score("fake", fake.detach()).mean()
    error_fake.backward()
    put("D.grad_real_fake", D, True)
    both = {n: p.grad.clone() for n, p in D.named_parameters()}

    mixed = (alpha * real + (1 - alpha) * fake.detach()).requires_grad_()
    out["interp"] = mixed.detach()
    g, = torch.autograd.grad(score("interp", mixed).sum(), mixed,
                             create_graph=True)
    out["gp.grad_x"] = g.detach()
    penalty = LAMBDA * ((g.norm(2, dim=1) - 1) ** 2).mean()
    D.zero_grad()
    penalty.backward()
    put("D.grad_gp", D, True)
    for name, p in D.named_parameters():
        p.grad = both[name] + (0 if p.grad is None else p.grad)
    put("D.grad_total", D, True)
    d_adam.step()
    put("D.after", D, False)
    put_running("D.after_dstep", D)

    error_g = -score("fake_gstep", fake).mean()
    error_g.backward()
    put("G.grad_adv", G, True)
    rec = generate(start["z_opt_padded"], start["z_prev_padded"])
    out["rec"] = rec.detach()
    error_rec = ALPHA * ((rec - real) ** 2).mean()
    error_rec.backward()
    put("G.grad_total", G, True)
    g_adam.step()
    put("G.after", G, False)
    put_running("G.after_gstep", G)
    nearest = min(G.nearest, D.nearest)
    G.eval()
    out["G.eval_out"] = generate(start["noise_padded"],
                                 start["prev_padded"]).detach()
    for name, value in (("errD_real", error_real), ("errD_fake", error_fake),
                        ("gp", penalty), ("errG", error_g),
                        ("rec", error_rec)):
        out[f"loss.{name}"] = value.detach()
    return out, nearest


def write(path, start, out):
    """A text header, then the numbers, little-endian: start values as float32,
    which holds them exactly, results as float64."""
    tensors = [(n, np.asarray(v, "<f4")) for n, v in start.items()]
    tensors += [(n, np.asarray(v, "<f8")) for n, v in out.items()]
    _, channels, height, width = start["real"].shape
    features = len(start["D.before.conv0.b"])
    header = f"{len(tensors)} {height} {width} {channels} {features}\n"
    header += "".join(f"{name} {value.itemsize} {value.size}\n"
                      for name, value in tensors)
    data = b"".join(value.tobytes() for _, value in tensors)
    path.write_bytes(header.encode() + data)


def compare(out, out32):
    """The framework's own float32 against its float64: what float can do."""
    groups = {}
    for name, value in out.items():
        group = ".".join(name.split(".")[:2])
        of_net = [v for n, v in out.items() if n.startswith(group)]
        largest = value.abs().max().item()
        if largest <= ZERO * max(v.abs().max().item() for v in of_net):
            continue
        if group.endswith(".after") and re.search(r"conv\d\.b$", name):
            continue  # moved along rounding, see README.md
        error = (value - out32[name]).abs().max().item() / largest
        groups[group] = max(groups.get(group, 0), error)
    for group, error in groups.items():
        print(f"  {group:18} {error:.1e}")


def main():
    folder = pathlib.Path(__file__).resolve().parent
    torch.set_num_threads(1)
    for file, channels, features, height, width, first in FIXTURES:
        for seed in itertools.count(first):
            start = draw_start(channels, features, height, width, seed)
            out, nearest = steps(start, torch.float64)
            if nearest > MARGIN:
                break
        write(folder / file, start, out)
        print(f"{file}: seed {seed}, {(folder / file).stat().st_size} bytes, "
              f"nearest kink {nearest:.1e}; float32 against float64:")
        compare(out, steps(start, torch.float32)[0])


if __name__ == "__main__":
    main()
