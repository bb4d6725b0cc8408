#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the fixtures of test-golden: one D step and one G step by automatic
differentiation, as definition independent of the engine.

Run by hand with Debian's python3-torch, from this folder:
    ./make-fixtures.py            writes colour.txt and grey.txt
    ./make-fixtures.py FOLDER     converts a folder of .npy files with the same
                                  tensors (names f64_*.npy) into external.txt

A fixture is text: a line "NAME COUNT", then the numbers in hexadecimal
floating point, images channels first, weights [out, in, 3, 3], all double.
"""

import json
import pathlib
import sys

import numpy as np
import torch

EPS, SLOPE, RATE, LAMBDA, ALPHA = 1e-5, 0.2, 5e-4, 0.1, 10.0


class Chain(torch.nn.Module):
    """Five 3x3 convolutions, four of them with batch norm and LeakyReLU."""

    def __init__(self, channels, features, out, tanh):
        super().__init__()
        sizes = [channels] + [features] * 4 + [out]
        for i in range(5):
            setattr(self, f"conv{i}", torch.nn.Conv2d(sizes[i], sizes[i + 1], 3))
            if i < 4:
                setattr(self, f"bn{i}", torch.nn.BatchNorm2d(features, eps=EPS))
        self.tanh = tanh
        for i in range(5):
            torch.nn.init.normal_(getattr(self, f"conv{i}").weight, 0, 0.2)
            if i < 4:
                torch.nn.init.normal_(getattr(self, f"bn{i}").weight, 1, 0.1)
                torch.nn.init.normal_(getattr(self, f"bn{i}").bias, 0, 0.1)

    def forward(self, x):
        for i in range(4):
            x = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(x))
            x = torch.nn.functional.leaky_relu(x, SLOPE)
        x = self.conv4(x)
        return torch.tanh(x) if self.tanh else x


def put_parameters(out, prefix, net, gradient=False):
    for name, p in net.named_parameters():
        layer, kind = name.split(".")
        out[f"{prefix}.{layer}.{'w' if kind == 'weight' else 'b'}"] = (
            p.grad if gradient else p.detach()).clone()


def put_running(out, prefix, net):
    for i in range(4):
        bn = getattr(net, f"bn{i}")
        out[f"{prefix}.bn{i}.rm"] = bn.running_mean.clone()
        out[f"{prefix}.bn{i}.rv"] = bn.running_var.clone()


def make(channels, features, height, width, seed):
    torch.manual_seed(seed)
    torch.set_default_dtype(torch.float64)
    out = {}
    G = Chain(channels, features, channels, True)
    D = Chain(channels, features, 1, False)
    pad = torch.nn.ZeroPad2d(5)
    real = torch.tanh(torch.randn(1, channels, height, width))
    prev = 0.5 * torch.randn(1, channels, height, width)
    z_prev = 0.5 * torch.randn(1, channels, height, width)
    noise = torch.randn(1, channels, height, width)
    amp, alpha = torch.tensor(0.3), torch.rand(())
    put_parameters(out, "D.before", D)
    put_parameters(out, "G.before", G)
    out["real"], out["prev_padded"] = real, pad(prev)
    out["z_prev_padded"] = pad(z_prev)
    out["noise_padded"], out["z_opt_padded"] = pad(noise), pad(0 * noise)
    out["noise_amp"], out["alpha"] = amp, alpha
    out["G.in"] = amp * pad(noise) + pad(prev)

    def crop(x):
        return x[:, :, 5:-5, 5:-5]

    fake = G(out["G.in"]) + crop(out["prev_padded"])
    out["fake"] = fake.detach()
    d_rate = torch.optim.Adam(D.parameters(), lr=RATE, betas=(0.5, 0.999))
    g_rate = torch.optim.Adam(G.parameters(), lr=RATE, betas=(0.5, 0.999))
    err_real = -D(real).mean()
    err_fake = D(fake.detach()).mean()
    mixed = (alpha * real + (1 - alpha) * fake.detach()).requires_grad_()
    out["interp"] = mixed.detach()
    g, = torch.autograd.grad(D(mixed).sum(), mixed, create_graph=True)
    out["gp.grad_x"] = g.detach()
    gp = LAMBDA * ((g.norm(2, dim=1) - 1) ** 2).mean()
    gp.backward(retain_graph=True)
    put_parameters_or_zero(out, "D.grad_gp", D)
    D.zero_grad()
    (err_real + err_fake + gp).backward()
    put_parameters(out, "D.grad_total", D, True)
    d_rate.step()
    put_parameters(out, "D.after", D)
    put_running(out, "D.after_dstep", D)

    err_g = -D(fake).mean()
    G.zero_grad()
    err_g.backward(retain_graph=True)
    put_parameters(out, "G.grad_adv", G, True)
    rec_in = amp * out["z_opt_padded"] + out["z_prev_padded"]
    rec = ALPHA * ((G(rec_in) + crop(out["z_prev_padded"]) - real) ** 2).mean()
    rec.backward()
    put_parameters(out, "G.grad_total", G, True)
    g_rate.step()
    put_parameters(out, "G.after", G)
    put_running(out, "G.after_gstep", G)
    G.eval()
    out["G.eval_out"] = (G(out["G.in"]) + crop(out["prev_padded"])).detach()
    for name, value in (("errD_real", err_real), ("errD_fake", err_fake),
                        ("gp", gp), ("errG", err_g), ("rec", rec)):
        out[f"loss.{name}"] = value.detach()
    return {k: v.detach().numpy() for k, v in out.items()}


def put_parameters_or_zero(out, prefix, net):
    for p in net.parameters():
        if p.grad is None:
            p.grad = torch.zeros_like(p)
    put_parameters(out, prefix, net, True)


def write(path, tensors, height, width, channels, features):
    with open(path, "w") as file:
        file.write(f"{height} {width} {channels} {features}\n")
        for name, value in tensors.items():
            flat = np.asarray(value, dtype=np.float64).ravel()
            file.write(f"{name} {flat.size}\n")
            file.write(" ".join(float(x).hex() for x in flat) + "\n")


def convert(folder):
    tensors = {p.name[4:-4]: np.load(p) for p in folder.glob("f64_*.npy")}
    losses = json.loads((folder / "f64_losses.json").read_text())
    for name, value in losses.items():
        tensors[f"loss.{name}"] = np.float64(value)
    _, channels, height, width = tensors["real"].shape
    write("external.txt", tensors, height, width, channels,
          tensors["D.before.conv0.w"].shape[0])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        convert(pathlib.Path(sys.argv[1]))
    else:
        write("colour.txt", make(3, 4, 15, 14, 1), 15, 14, 3, 4)
        write("grey.txt", make(1, 3, 13, 16, 2), 13, 16, 1, 3)
