//! Traditional characters that occur in names, each followed by its simplified form (繁简对照).
use std::collections::HashMap;
use std::sync::LazyLock;

/// Pairs, written side by side so that a reader can check them. Characters that are also standard simplified characters
/// in their own right (后, 干, 里, 台) are not keys.
const PAIRS: &str = "協协會会學学業业國国華华東东長长興兴農农產产區区鄉乡鎮镇縣县莊庄園园廣广場场歷历史史藝艺術术畫画書书報报館馆\
體体傳传聯联誼谊聲声樂乐戲戏劇剧電电視视軟软網网絡络資资訊讯訓训練练計计劃划設设詢询證证評评審审論论議议語语譯译課课調调\
護护環环衛卫醫医藥药療疗養养護护復复殘残婦妇兒儿婚婚勞劳動动務务員员職职責责賓宾館馆飯饭餐餐飲饮食食麵面糧粮鹽盐糖糖茶茶\
機机械械車车輛辆輪轮船船艦舰鐵铁銅铜鋁铝鋼钢鑄铸鍛锻爐炉煉炼礦矿煤煤氣气熱热溫温燈灯燒烧焊焊電电線线纖纤維维織织紡纺絲丝\
綢绸緞缎繡绣縫缝紙纸筆笔墨墨硯砚紅红綠绿藍蓝黃黄銀银錢钱財财貿贸買买賣卖購购銷销費费貨货質质標标準准檢检驗验測测試试監监\
督督領领導导團团隊队組组織织總总經经營营濟济發发開开關关門门間间閩闽陽阳陰阴陝陕陳陈陸陆際际隨随險险隱隐難难雲云霧雾靈灵\
頂顶項项順顺須须預预頓顿頭头頻频題题顏颜願愿類类顧顾風风飛飞馬马駐驻駕驾騎骑驛驿魚鱼鮮鲜鯉鲤鳥鸟鳳凤鴻鸿鵬鹏鶴鹤麗丽麥麦\
齊齐齒齿齡龄龍龙龜龟萬万與与專专豐丰為为義义習习書书亞亚產产親亲億亿僅仅從从倉仓儀仪們们價价優优偉伟側侧債债傷伤備备儲储\
兩两冊册軍军凍冻減减幾几憑凭則则剛刚創创劑剂劉刘勵励勁劲勝胜勢势匯汇單单卻却廠厂壓压參参雙双變变葉叶號号嘆叹嚴严圍围圖图\
圓圆聖圣壞坏塊块堅坚壇坛墳坟壽寿夢梦奪夺奮奋婁娄嬰婴孫孙寧宁寶宝實实寵宠將将對对尋寻導导屬属岡冈島岛嶺岭嶽岳峽峡幣币帶带\
幫帮幹干庫库應应廟庙廢废廳厅張张彈弹強强歸归當当錄录徑径徵征徹彻態态憲宪懷怀慶庆懇恳戰战戶户揚扬換换據据擇择擔担擴扩攜携\
撥拨擊击擁拥擬拟攝摄敵敌數数斷断無无舊旧時时曆历暢畅曉晓會会術术條条來来楊杨構构槍枪極极樓楼樹树橋桥檔档櫃柜權权歐欧歡欢\
殺杀毀毁漢汉湯汤溝沟滬沪潔洁潛潜澤泽濱滨灣湾災灾烏乌爭争愛爱爾尔牆墙獎奖獨独獸兽獻献瑪玛環环瓊琼畢毕異异當当瘋疯癌癌盜盗\
盡尽監监盤盘盧卢著著礎础禮礼禱祷種种稱称積积穩稳窮穷竅窍筍笋節节範范築筑簡简籃篮籌筹籍籍約约級级純纯納纳紀纪紋纹級级細细\
終终結结給给統统綜综綱纲編编緣缘縱纵績绩繁繁繪绘繼继續续羅罗義义聖圣聞闻職职聽听肅肃腦脑膚肤膠胶臨临舉举艙舱節节芻刍莖茎\
蓋盖蔣蒋蔥葱薊蓟薦荐薩萨蘇苏蘭兰蘆芦處处虛虚蟲虫螞蚂衝冲補补裝装製制複复見见規规覺觉覽览觀观觸触訂订記记許许訴诉詞词詩诗\
話话誠诚認认誕诞說说誰谁諒谅談谈請请諾诺諮咨謀谋謝谢識识警警譽誉讀读讓让貝贝負负貢贡貧贫貫贯貴贵貸贷賀贺賃赁賢贤賦赋賴赖\
贈赠贊赞躍跃軌轨軒轩較较輔辅輕轻輝辉輸输轉转辦办辭辞農农遊游運运過过達达違违遠远適适遷迁遼辽選选遺遗邊边郵邮鄭郑鄰邻醬酱\
釀酿針针鈣钙鈦钛鈴铃鉛铅銘铭鋒锋錦锦鍋锅鎖锁鏡镜鐘钟鑒鉴鑑鉴閱阅闊阔隸隶雜杂離离韓韩響响頤颐顯显飼饲館馆騰腾驅驱髮发鬥斗\
鬧闹魯鲁鷹鹰點点黨党齋斋濟济灘滩瀏浏瀋沈癡痴眾众誌志週周託托裡里佈布占占台台臺台颱台擡抬註注岩岩峯峰羣群裏里蹟迹綫线葯药";

static TABLE: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let mut table = HashMap::new();
    let mut chars = PAIRS.chars();
    while let (Some(from), Some(to)) = (chars.next(), chars.next()) {
        if from != to {
            table.insert(from, to);
        }
    }
    table
});

/// The simplified form of `c`, or `c`.
pub(super) fn simplified(c: char) -> char {
    if c < '\u{4e00}' { c } else { TABLE.get(&c).copied().unwrap_or(c) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_whole_and_final() {
        assert_eq!(PAIRS.chars().count() % 2, 0);
        for (from, to) in TABLE.iter() {
            assert!(!TABLE.contains_key(to), "{from} leads to {to}, which is folded again");
        }
        assert_eq!("遼寧省慈善總會".chars().map(simplified).collect::<String>(), "辽宁省慈善总会");
    }
}
