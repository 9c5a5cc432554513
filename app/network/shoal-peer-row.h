/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-peer.h"

#define SHOAL_TYPE_PEER_ROW (shoal_peer_row_get_type ())
G_DECLARE_FINAL_TYPE (ShoalPeerRow, shoal_peer_row, SHOAL, PEER_ROW, AdwBin)

/* A connected peer in a list. Property: peer. */
