/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-client.h"

#define SHOAL_TYPE_PEERS_PAGE (shoal_peers_page_get_type ())
G_DECLARE_FINAL_TYPE (ShoalPeersPage, shoal_peers_page, SHOAL, PEERS_PAGE, AdwBin)

/* The page of peers: our own id and addresses, and who is connected. Property: client. */
