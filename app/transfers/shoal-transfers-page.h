/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-client.h"

#define SHOAL_TYPE_TRANSFERS_PAGE (shoal_transfers_page_get_type ())
G_DECLARE_FINAL_TYPE (ShoalTransfersPage,
                      shoal_transfers_page,
                      SHOAL,
                      TRANSFERS_PAGE,
                      AdwBin)

/* The page of transfers: speed graph, those that run, those that ended. Property: client.
 */
