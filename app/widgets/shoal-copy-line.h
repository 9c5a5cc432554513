/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#define SHOAL_TYPE_COPY_LINE (shoal_copy_line_get_type ())
G_DECLARE_FINAL_TYPE (ShoalCopyLine, shoal_copy_line, SHOAL, COPY_LINE, AdwBin)

/* A technical text and a button that copies it, for list views. Property: text. */
