//! `yishe generate`: invented organizations for trying and measuring.
use base::AreaCode;
use clap::Args;
use office::generate::Plan;
use registry::generate::Focus;

use super::Asked;
use crate::failure::Failure;
use crate::install::{Installation, Kind, Opening};
use crate::progress::Progress;

/// 生成演示用的社会组织
#[derive(Args, Debug)]
pub struct Generate {
    /// 社会组织数（三类合计）
    #[arg(long, value_name = "数量")]
    organizations: u64,
    /// 社区社会组织数；不写数量时为社会组织数的两倍
    #[arg(long, value_name = "数量", num_args = 0..=1, default_missing_value = "0")]
    communities: Option<u64>,
    /// 种子：同一种子结果相同
    #[arg(long, value_name = "数字")]
    seed: u64,
    /// 只生成这些地区登记的组织，如 21 或 330383；可写多次
    #[arg(long, value_name = "区划代码")]
    area: Vec<AreaCode>,
    /// 不生成负责人任职记录（更快）
    #[arg(long)]
    without_officers: bool,
}

impl Generate {
    pub fn run(&self, asked: &Asked) -> Result<(), Failure> {
        let opening = Opening { now: asked.now, create: Some(Kind::Test), ..Opening::default() };
        let open = Installation::open(&asked.place, &opening)?;
        let communities = match self.communities {
            None => 0,
            Some(0) => self.organizations * 2,
            Some(count) => count,
        };
        let plan = Plan {
            seed: self.seed,
            organizations: self.organizations,
            communities,
            officers: !self.without_officers,
            focus: Focus { within: self.area.clone(), until: open.office.clock.today() },
        };
        let (mut progress, begun) = (Progress::new(), std::time::Instant::now());
        let loaded =
            open.office.load_generated(&plan, |loaded| progress.step("生成演示组织", loaded.done, loaded.of))?;
        progress.clear();
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "已有演示组织 {} 个（种子 {}），用时 {seconds:.1} 秒，每秒 {:.0} 个",
            loaded.done,
            self.seed,
            loaded.done as f64 / seconds
        );
        Ok(())
    }
}
