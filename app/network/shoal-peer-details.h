/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-peer.h"

#define SHOAL_TYPE_PEER_DETAILS (shoal_peer_details_get_type ())
G_DECLARE_FINAL_TYPE (ShoalPeerDetails, shoal_peer_details, SHOAL, PEER_DETAILS, AdwBin)

/* All about one peer, for a popover. Property: peer (nullable). */
