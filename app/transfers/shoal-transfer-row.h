/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-job.h"

#define SHOAL_TYPE_TRANSFER_ROW (shoal_transfer_row_get_type ())
G_DECLARE_FINAL_TYPE (ShoalTransferRow, shoal_transfer_row, SHOAL, TRANSFER_ROW, AdwBin)

/* A transfer in a list, with who gave how much of it below a button. Property: job. */
